""" from https://github.com/kurtitoh/tacotron """
