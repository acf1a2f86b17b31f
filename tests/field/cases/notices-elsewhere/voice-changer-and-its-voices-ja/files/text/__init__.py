""" from https://github.com/kentiwo/tacotron """

X = 1
