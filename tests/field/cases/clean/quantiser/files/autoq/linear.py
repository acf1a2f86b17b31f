# Adapted from another project: https://example.com/exllama

GROUP = 128
