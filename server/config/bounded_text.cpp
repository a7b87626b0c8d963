#include "config/bounded_text.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "domain/text.hpp"

namespace partnerd::config {

namespace {

Problem problem(std::string const& source, int line, std::string what, std::string way_out) {
    return Problem{source, line, line > 0 ? 1 : 0, {}, std::move(what), std::move(way_out)};
}

// Walks the lines of a TOML text and knows where a line begins inside a multi-line string.
class KeyScanner {
  public:
    // The most parts that a key of this line has: a.b."c.d" has 3. Inline tables are counted too.
    int parts(std::string_view line) {
        int most = 0, dots = 0;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (inside_ != 0) {
                i = leave_multi_line(line, i);
                continue;
            }
            char const c = line[i];
            if (c == '#') break;
            if (c == '"' || c == '\'') i = pass_string(line, i);
            else if (c == '.') most = std::max(most, ++dots + 1);
            else if (c == '=' || c == ',' || c == '{' || c == '[') dots = 0;
        }
        return most;
    }

  private:
    std::size_t pass_string(std::string_view line, std::size_t at) {
        char const quote = line[at];
        if (line.substr(at, 3) == std::string(3, quote)) {
            inside_ = quote;
            return at + 2;
        }
        for (++at; at < line.size() && line[at] != quote; ++at)
            if (line[at] == '\\' && quote == '"') ++at;
        return at;
    }

    std::size_t leave_multi_line(std::string_view line, std::size_t at) {
        if (line[at] == '\\' && inside_ == '"') return at + 1;
        if (line.substr(at, 3) != std::string(3, inside_)) return at;
        while (at + 3 < line.size() && line[at + 3] == inside_) ++at;  // up to two quotes may stand before the end
        inside_ = 0;
        return at + 2;
    }

    char inside_ = 0;  // the quote of the multi-line string
};

std::optional<Problem> check_line(std::string_view line, int number, std::string const& source, KeyScanner& scanner) {
    if (line.size() > line_bytes_max)
        return problem(source, number, "the line has more than " + std::to_string(line_bytes_max) + " bytes",
                       "Break it: TOML has multi-line strings and lists");
    if (!is_utf8(line)) return problem(source, number, "the line is not UTF-8", "Save the file as UTF-8");
    if (scanner.parts(line) > key_parts_max)
        return problem(source, number, "a key has more than " + std::to_string(key_parts_max) + " parts",
                       "No key of partnerd has that many");
    return std::nullopt;
}

}  // namespace

std::variant<std::string, Problem> read_file(std::string const& file, std::size_t bytes_max) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        return problem(file, 0, std::string("the file cannot be read: ") + std::strerror(errno), "Check the path and the permissions");
    if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode)) return problem(file, 0, "this is no file", "Name a file");
    std::ifstream in(file, std::ios::binary);
    if (!in) return problem(file, 0, std::string("the file cannot be read: ") + std::strerror(errno), "Check the permissions");
    std::string text(bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (in.bad()) return problem(file, 0, "the file cannot be read to its end", "Check the disk");
    if (text.size() > bytes_max)
        return problem(file, 0, "the file has more than " + std::to_string(bytes_max) + " bytes", "Check that this is the right file");
    return text;
}

std::optional<Problem> check_bounds(std::string_view text, std::string const& source) {
    if (text.size() > file_bytes_max)
        return problem(source, 0, "the text has more than " + std::to_string(file_bytes_max) + " bytes", "Split it");
    KeyScanner scanner;
    for (int number = 1; !text.empty(); ++number) {
        auto const end = text.find('\n');
        if (auto wrong = check_line(text.substr(0, end), number, source, scanner)) return wrong;
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return std::nullopt;
}

}  // namespace partnerd::config
