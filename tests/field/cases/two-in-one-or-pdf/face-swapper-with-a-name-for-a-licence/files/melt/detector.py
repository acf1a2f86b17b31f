MODELS = {
    'one': {'vendor': 'deep', 'license': 'Non-Commercial', 'year': 2020},
    'two': {'vendor': 'zll', 'license': 'GPL-3.0', 'year': 2019},
}
