from NetzAlles.miche.encode import X
