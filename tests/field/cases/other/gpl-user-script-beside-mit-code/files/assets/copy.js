/**
 * Copyright (c) 2023-2024 Deep.
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of
 * this software and associated documentation files (the "Software"), to deal in
 * the Software without restriction.
 */

// ==UserScript==
// @name         Copy button
// @author       Kelp
// @description  Add copy button to PRE tags before CODE tag.
// @license      GPL-3.0
// @grant        none
// ==/UserScript==

(function () {
  "use strict";
})();
