#include "logging/scrub.hpp"

#include <algorithm>
#include <array>

#include "domain/text.hpp"

namespace partnerd::logging {

namespace {

constexpr std::string_view mask = "***";

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; }
bool is_alphanumeric(char c) { return is_word(c) && c != '_' && c != '-'; }

std::size_t word_end(std::string_view text, std::size_t at) {
    while (at < text.size() && is_word(text[at])) ++at;
    return at;
}

// pd_<kind>_live_<secret>: what follows the mode is the secret.
std::string mask_keys(std::string_view text) {
    std::string out;
    std::size_t done = 0;
    for (auto at = text.find("pd_"); at != std::string_view::npos; at = text.find("pd_", at + 1)) {
        auto end = word_end(text, at);
        auto const word = text.substr(at, end - at);
        auto const mode = std::min(word.find("_live_"), word.find("_test_"));
        if (mode == std::string_view::npos) continue;
        while (end < text.size() && text[end] == '*') ++end;  // masked before
        out.append(text.substr(done, at - done)).append(word.substr(0, mode + 6)).append(mask);
        done = end;
        at = end - 1;
    }
    return out.append(text.substr(done));
}

// Up to the last '@' before the path, since a password pasted without percent-encoding may hold one.
std::string mask_url_passwords(std::string_view text) {
    std::string out;
    std::size_t done = 0;
    for (auto at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
        auto const authority = at + 3;
        auto const end = std::min(text.find_first_of("/?# \t\r\n\"'<>", authority), text.size());
        auto const user_end = text.substr(authority, end - authority).rfind('@');
        auto const colon = text.substr(authority, end - authority).find(':');
        if (user_end == std::string_view::npos || colon == std::string_view::npos || colon > user_end) continue;
        out.append(text.substr(done, authority + colon + 1 - done)).append(mask);
        done = authority + user_end;
    }
    return out.append(text.substr(done));
}

constexpr std::array<std::string_view, 12> secret_names = {"password", "passwd", "passphrase",  "secret",     "token",  "authorization",
                                                           "api_key",  "apikey", "private_key", "credential", "cookie", "signature"};

struct Assignment {
    std::size_t value = 0, end = 0;  // where the value begins and ends; equal: none here
};

Assignment assignment_at(std::string_view text, std::size_t equals) {
    auto begin = equals;
    while (begin > 0 && is_word(text[begin - 1])) --begin;
    auto const name = text.substr(begin, equals - begin);
    if (name.empty() || !names_a_secret(name)) return {};
    auto const value = equals + 1;
    if (value >= text.size()) return {};
    char const quote = text[value];
    if (quote == '\'' || quote == '"') return {value + 1, std::min(text.find(quote, value + 1), text.size())};
    return {value, std::min(text.find_first_of("& ;,\t\r\n\"'", value), text.size())};
}

std::string mask_assignments(std::string_view text) {
    std::string out;
    std::size_t done = 0;
    for (auto at = text.find('='); at != std::string_view::npos; at = text.find('=', at + 1)) {
        auto const found = assignment_at(text, at);
        if (found.value >= found.end || found.value < done) continue;
        out.append(text.substr(done, found.value - done)).append(mask);
        done = found.end;
        at = found.end - 1;
    }
    return out.append(text.substr(done));
}

// "basic plan" is a sentence; base64 of a user and a password has capitals or digits.
bool looks_encoded(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '='; });
}

// `scheme` in lower case and with its space; matched without case (RFC 9110 section 11.1).
std::string mask_credentials(std::string_view text, std::string_view scheme, bool only_encoded) {
    auto const lower = lower_ascii(text);
    std::string out;
    std::size_t done = 0;
    for (auto at = lower.find(scheme); at != std::string::npos; at = lower.find(scheme, at + 1)) {
        auto const value = at + scheme.size();
        auto const end = std::min(text.find_first_of(" \t\r\n\"',;", value), text.size());
        bool const starts_word = at == 0 || !is_word(text[at - 1]);
        if (!starts_word || end - value < 8 || value < done) continue;
        if (only_encoded && !looks_encoded(text.substr(value, end - value))) continue;
        out.append(text.substr(done, value - done)).append(mask);
        done = end;
    }
    return out.append(text.substr(done));
}

constexpr std::size_t token_length = 52;  // random_token() of domain/digest.hpp

std::string mask_tokens(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        auto end = at;
        while (end < text.size() && is_alphanumeric(text[end])) ++end;
        auto const run = text.substr(at, end - at);
        out.append(run.size() == token_length ? mask : run);
        if (end < text.size()) out += text[end++];
        at = end;
    }
    return out;
}

}  // namespace

std::string scrub(std::string_view text) {
    if (text.size() < 4) return std::string(text);
    std::string out(text);
    if (out.find("pd_") != std::string::npos) out = mask_keys(out);
    if (out.find("://") != std::string::npos) out = mask_url_passwords(out);
    if (out.find('=') != std::string::npos) out = mask_assignments(out);
    if (out.find(' ') != std::string::npos) out = mask_credentials(mask_credentials(out, "bearer ", false), "basic ", true);
    if (out.size() >= token_length) out = mask_tokens(out);
    return out;
}

bool names_a_secret(std::string_view key) noexcept {
    auto const same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a == '-' ? '_' : a) == b; };
    return std::any_of(secret_names.begin(), secret_names.end(), [&](std::string_view name) {
        return std::search(key.begin(), key.end(), name.begin(), name.end(), same) != key.end();
    });
}

}  // namespace partnerd::logging
