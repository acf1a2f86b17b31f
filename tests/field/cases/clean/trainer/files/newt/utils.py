# copied from https://example.com/flash_attn_monkey_patch.py

X = 1
