MODEL = "mistralai/Mistral-7B-v0.3"
