#include "e2e/table.hpp"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>

namespace partnerd::e2e {

namespace {

// gzopen reads plain files too.
std::string read_plain_or_gz(std::filesystem::path const& path) {
    gzFile const file = ::gzopen(path.c_str(), "rb");
    if (file == nullptr) throw std::runtime_error(path.string() + " cannot be opened");
    std::string text, block(65536, '\0');
    int read = 0;
    while ((read = ::gzread(file, block.data(), static_cast<unsigned>(block.size()))) > 0)
        text.append(block, 0, static_cast<std::size_t>(read));
    ::gzclose(file);
    if (read < 0) throw std::runtime_error(path.string() + " is broken");
    return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0;;) {
        auto const end = text.find(separator, begin);
        parts.emplace_back(text.substr(begin, end - begin));
        if (end == std::string_view::npos) return parts;
        begin = end + 1;
    }
}

}  // namespace

Table Table::read(std::filesystem::path const& file) {
    auto const text = read_plain_or_gz(file);
    if (text.find('"') != std::string::npos) throw std::runtime_error(file.string() + " has a quoted cell");
    Table table;
    for (auto line : split(text, '\n')) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (line.empty()) continue;
        auto cells = split(line, ',');
        if (table.columns_.empty()) table.columns_ = std::move(cells);
        else table.rows_.push_back(std::move(cells));
    }
    return table;
}

std::string const& Table::at(std::size_t row, std::string_view column) const {
    auto const found = std::find(columns_.begin(), columns_.end(), column);
    if (found == columns_.end()) throw std::runtime_error("there is no column " + std::string(column));
    return rows_.at(row).at(static_cast<std::size_t>(found - columns_.begin()));
}

}  // namespace partnerd::e2e
