// What several rules need: the lines of a text, its includes, the form of a violation.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace partnerd::tree {

inline void for_each_line(std::string_view text, std::function<void(int number, std::string_view line)> const& call) {
    for (int number = 1; !text.empty(); ++number) {
        auto const end = text.find('\n');
        call(number, text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
}

inline std::string violation(std::string const& path, int line, std::string const& what) {
    return path + ':' + std::to_string(line) + ": " + what;
}

inline bool has_extension(std::string_view path, std::initializer_list<std::string_view> extensions) {
    for (auto const extension : extensions)
        if (path.ends_with(extension)) return true;
    return false;
}
inline bool is_cpp(std::string_view path) { return has_extension(path, {".cpp", ".hpp", ".h", ".c"}); }

}  // namespace partnerd::tree
