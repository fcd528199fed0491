"""Does the local host do what the platform does?"""
