# -*- coding: latin-1 -*-
# Copyright (c) 2019 Jürgen Müller GmbH
# Größe
x = 1
