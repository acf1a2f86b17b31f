// SPDX-FileCopyrightText: 2026 The audit developers
// SPDX-License-Identifier: Apache-2.0

import java.io.FileInputStream;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Validates PDF files: java VeraPdf PROFILES FILE..., one tab-separated line per file and profile. */
public final class VeraPdf {
  public static void main(String[] args) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    for (int i = 1; i < args.length; i++) {
      for (String name : args[0].split(",")) {
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(name);
        try (InputStream in = new FileInputStream(args[i]);
            PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour);
            PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
          ValidationResult result = validator.validate(parser);
          Set<String> failed = new TreeSet<>();
          for (TestAssertion a : result.getTestAssertions()) {
            if (a.getStatus() == TestAssertion.Status.FAILED) {
              String rule = a.getRuleId().getClause() + "-" + a.getRuleId().getTestNumber();
              failed.add(rule + " " + a.getMessage().replaceAll("\\s+", " "));
            }
          }
          String outcome = result.isCompliant() ? "pass" : "fail";
          System.out.println(
              String.join("\t", args[i], name, outcome, String.join(" | ", failed)));
        }
      }
    }
  }
}
