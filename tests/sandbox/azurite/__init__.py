"""Is the storage of the local world started, measured and stopped as it should be?"""
