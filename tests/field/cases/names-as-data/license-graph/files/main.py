from parser import License, Work

GPL = License("GPL-3.0")
data = Work("wikipedia", license="CC-BY-SA-4.0", kind="data")
model = Work("bert", license="Apache-2.0", kind="model")  # GPL-3.0 or Apache-2.0
print(data, model, GPL)
