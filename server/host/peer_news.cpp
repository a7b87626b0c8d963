#include "host/peer_news.hpp"

#include <charconv>

namespace partnerd::host {

namespace {

std::optional<Id> id_behind(std::string_view word, std::string_view text) {
    if (!text.starts_with(word)) return std::nullopt;
    text.remove_prefix(word.size());
    Id id = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return id;
}

std::string_view take_line(std::string_view& text) {
    auto const line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

}  // namespace

void PeerNews::hear(std::string_view text) {
    if (auto const program = id_behind("program ", text)) {
        forget_clicks();
        if (*program != 0) parts_.directory.reload(parts_.storage, *program);
    } else if (auto const key = id_behind("key ", text)) {
        parts_.keys.reload(parts_.storage, *key);
    } else if (text.starts_with("cache\n")) {
        hear_cache(text.substr(6));
    } else {
        forget_all();
    }
}

void PeerNews::hear_cache(std::string_view text) {
    auto const plugin = take_line(text);
    bool const has_key = text.find('\n') != std::string_view::npos;
    auto const cache = take_line(text);
    parts_.loader.forget_cached(plugin, cache, has_key ? std::optional(text) : std::nullopt);
}

void PeerNews::forget_all() {
    forget_clicks();  // first: reading may take its time, or fail
    parts_.keys.load(parts_.storage);
    parts_.directory.load(parts_.storage);
}

void PeerNews::forget_clicks() {
    parts_.targets.clear();
    parts_.loader.forget_cached();
}

}  // namespace partnerd::host
