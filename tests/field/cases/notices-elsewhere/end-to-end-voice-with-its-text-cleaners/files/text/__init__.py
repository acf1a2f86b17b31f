""" from https://github.com/keithito/tacotron """
