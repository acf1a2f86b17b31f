print("sing")
