def main() -> None:
    """指示チューニング"""
