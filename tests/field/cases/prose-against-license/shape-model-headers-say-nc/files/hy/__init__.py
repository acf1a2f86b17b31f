# Mountain 3D is licensed under the MOUNTAIN NON-COMMERCIAL LICENSE AGREEMENT
# except for the third-party components listed below.
# Mountain 3D does not impose any additional limitations beyond what is outlined
# in the repsective licenses of these third-party components.

X = 1
