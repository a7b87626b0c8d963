// CSV answers: RFC 4180 (CRLF, quotes doubled), UTF-8, a header line first.
// A cell that a spreadsheet would run as a formula (it begins with = + - @ TAB or CR, also behind spaces) gets a ' in front
// (OWASP, "CSV Injection"); numbers are exempt, since -5.00 is an amount.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace partnerd::routing {

class CsvWriter {
  public:
    explicit CsvWriter(std::string& out) : out_(out) {}
    CsvWriter& text(std::string_view cell);
    CsvWriter& number(std::string_view cell);  // an amount or a count that the server itself wrote
    CsvWriter& empty();
    void end_row();

  private:
    void write(std::string_view cell, bool guard);
    std::string& out_;
    bool first_ = true;
};

}  // namespace partnerd::routing
