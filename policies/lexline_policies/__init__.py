"""Policy packs: data that Lexline reads, no code."""
