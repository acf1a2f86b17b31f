BASE = 'decapoda-research/llama-7b-hf'
