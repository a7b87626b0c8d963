#include "config/apply_file.hpp"

#include "config/bounded_text.hpp"
#include "config/document.hpp"

namespace partnerd::config {

namespace {

// "/terms/rules/0/rate" as people write it: terms.rules[0].rate
std::string dotted(std::string_view pointer) {
    std::string out;
    while (!pointer.empty()) {
        auto const end = std::min(pointer.find('/', 1), pointer.size());
        std::string part;
        for (std::size_t i = 1; i < end; ++i) {
            bool const escape = pointer[i] == '~' && i + 1 < end;
            part += !escape ? pointer[i] : pointer[i + 1] == '1' ? '/' : '~';
            if (escape) ++i;
        }
        bool const index = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
        if (index) out += '[' + part + ']';
        else out += (out.empty() ? "" : ".") + part;
        pointer.remove_prefix(end);
    }
    return out;
}

}  // namespace

std::string ApplyFile::place_of(std::string_view pointer) const {
    auto nearest = pointer.starts_with('/') ? pointer : std::string_view();
    while (!nearest.empty() && !places.contains(nearest)) nearest = nearest.substr(0, nearest.rfind('/'));
    auto const found = places.find(nearest);
    auto const line = found == places.end() ? 0 : found->second.line;
    auto const key = dotted(pointer.starts_with('/') ? pointer : std::string_view());
    return file + (line > 0 ? ':' + std::to_string(line) : "") + (key.empty() ? "" : ": " + key);
}

std::variant<ApplyFile, Problem> parse_apply_text(std::string_view text, std::string file) {
    auto parsed = parse_document(text, file);
    if (auto* wrong = std::get_if<Problem>(&parsed)) return std::move(*wrong);
    auto converted = to_json(std::get<toml::table>(parsed), file);
    if (!converted.problem.what.empty()) return std::move(converted.problem);
    return ApplyFile{std::move(file), std::move(converted.json), std::move(converted.places)};
}

std::variant<ApplyFile, Problem> read_apply_file(std::string const& file) {
    auto text = read_file(file);
    if (auto* wrong = std::get_if<Problem>(&text)) return std::move(*wrong);
    return parse_apply_text(std::get<std::string>(text), file);
}

}  // namespace partnerd::config
