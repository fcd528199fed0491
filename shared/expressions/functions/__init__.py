"""Which functions are there? One module for each topic; `shared.expressions.function_table` gathers them."""
