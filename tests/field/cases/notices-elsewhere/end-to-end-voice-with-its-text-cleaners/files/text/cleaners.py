""" from https://github.com/kurtitoh/tacotron """
X = 1
