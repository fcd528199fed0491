"""Do the triggers bind, parse, call one use case and answer?"""
