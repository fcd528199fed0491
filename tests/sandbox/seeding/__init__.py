"""Is an agreed world what cycles would have made?"""
