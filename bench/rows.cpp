#include "rows.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace bench {

std::string read_file(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

Rows::Rows(std::string const& path) : text_(read_file(path)) {
    if (!text_.empty() && text_.back() != '\n') text_ += '\n';
    for (std::size_t begin = 0; begin < text_.size(); begin = text_.find('\n', begin) + 1) begins_.push_back(begin);
    if (begins_.empty()) throw std::runtime_error(path + " has no line");
}

std::string_view Rows::line(std::size_t row) const {
    auto const begin = begins_[row];
    return std::string_view(text_).substr(begin, text_.find('\n', begin) - begin);
}

std::string_view Rows::at(std::size_t row, std::size_t column) const {
    auto rest = line(row);
    for (; column > 1; --column) {
        auto const tab = rest.find('\t');
        if (tab == std::string_view::npos) return {};
        rest.remove_prefix(tab + 1);
    }
    return rest.substr(0, rest.find('\t'));
}

}  // namespace bench
