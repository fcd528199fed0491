"""Is the storage of large worlds like the real one?"""
