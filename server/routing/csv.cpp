#include "routing/csv.hpp"

namespace partnerd::routing {

namespace {

constexpr std::string_view no_break_space = "\xc2\xa0";

// Also behind spaces, which a spreadsheet strips, and at the start of a line inside the cell.
bool line_is_formula(std::string_view line) {
    while (line.starts_with(' ') || line.starts_with(no_break_space)) line.remove_prefix(line.starts_with(' ') ? 1 : 2);
    return !line.empty() && std::string_view("=+-@\t\r").find(line.front()) != std::string_view::npos;
}

bool is_formula(std::string_view cell) {
    for (;;) {
        if (line_is_formula(cell)) return true;
        auto const end = cell.find('\n');
        if (end == std::string_view::npos) return false;
        cell.remove_prefix(end + 1);
    }
}

}  // namespace

void CsvWriter::write(std::string_view cell, bool guard) {
    if (!first_) out_ += ',';
    first_ = false;
    bool const formula = guard && is_formula(cell);
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

CsvWriter& CsvWriter::text(std::string_view cell) {
    write(cell, true);
    return *this;
}
CsvWriter& CsvWriter::number(std::string_view cell) {
    write(cell, false);
    return *this;
}
CsvWriter& CsvWriter::empty() {
    write({}, false);
    return *this;
}
void CsvWriter::end_row() {
    out_ += "\r\n";
    first_ = true;
}

}  // namespace partnerd::routing
