""" from https://github.com/keithito/tacotron """
X = 1
