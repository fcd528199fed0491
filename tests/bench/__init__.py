"""Does the benchmark tell what it has seen?"""
