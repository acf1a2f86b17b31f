import unittest

PAGE = """<p>This page, by <a href="http://example.com/">Lena Lessing</a>, is licensed under a
<a rel="license" href="https://creativecommons.org/licenses/by-nc-sa/4.0/">Creative Commons
Attribution-NonCommercial-ShareAlike 4.0 International License</a>.</p>"""


class Finds(unittest.TestCase):
    def test_it(self):
        self.assertIn("by-nc-sa", PAGE)
