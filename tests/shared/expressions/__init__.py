"""Does the language of attribute mappings mean what Microsoft's pages say, and never harm its host?"""
