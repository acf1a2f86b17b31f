"""
 * Adapted from BLIP (https://github.com/salesforce/BLIP)
"""
X = 1
