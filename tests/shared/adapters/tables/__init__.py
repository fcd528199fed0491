"""Do the stores keep what they are given, whatever happens in between?"""
