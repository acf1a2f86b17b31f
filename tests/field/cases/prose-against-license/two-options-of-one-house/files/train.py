# Detector 🚀 AGPL-3.0 License - https://example.com/license
print("train")
