"""
このファイルは、VOICEVOX プロジェクトの VOICEVOX engine からお借りしています。
ライセンス: LGPL-3.0
"""

X = 1
