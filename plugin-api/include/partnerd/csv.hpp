// partnerd/csv.hpp - the rows of a CSV answer (RFC 4180), as the core writes its own; needs no other library.
#pragma once

#include <string>
#include <string_view>

namespace partnerd::inline v1 {

class Csv {
  public:
    // What people wrote. A cell that a spreadsheet would take for a formula gets a ' in front, also where only a later line of it would.
    void text(std::string_view cell) { write(cell, is_formula(cell)); }
    // A number or an amount, which may begin with a minus sign.
    void number(std::string_view cell) { write(cell, false); }
    void empty() { write({}, false); }
    void end_row() {
        out_ += "\r\n";
        first_ = true;
    }
    std::string const& str() const noexcept { return out_; }

  private:
    // Spreadsheets strip spaces, no-break ones too, before they look.
    static bool line_is_formula(std::string_view line) {
        static constexpr std::string_view no_break_space = "\xc2\xa0";
        while (line.starts_with(' ') || line.starts_with(no_break_space)) line.remove_prefix(line.starts_with(' ') ? 1 : 2);
        return !line.empty() && std::string_view("=+-@\t\r").find(line.front()) != std::string_view::npos;
    }
    static bool is_formula(std::string_view cell) {
        for (;;) {
            if (line_is_formula(cell)) return true;
            auto const end = cell.find('\n');
            if (end == std::string_view::npos) return false;
            cell.remove_prefix(end + 1);
        }
    }
    void write(std::string_view cell, bool formula) {
        if (!first_) out_ += ',';
        first_ = false;
        if (!formula && cell.find_first_of(",\"\r\n") == std::string_view::npos) {
            out_ += cell;
            return;
        }
        out_ += formula ? "\"'" : "\"";
        for (char const c : cell) {
            if (c == '"') out_ += '"';
            out_ += c;
        }
        out_ += '"';
    }
    std::string out_;
    bool first_ = true;
};

}  // namespace partnerd::inline v1
