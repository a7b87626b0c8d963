#include "redirect.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstring>

#include "settings.hpp"

namespace referrals {

namespace {

constexpr std::size_t targets_max = 100'000;
constexpr std::int64_t at_risk_us = 10'000;
constexpr char separator = '\x1f';  // is in no URL, handle or domain

std::string_view take(std::string_view& text) {
    auto const end = text.find(separator);
    auto const part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
}

// The numbers of a target as they are in memory: the text never leaves this process, and is read at each click.
struct Numbers {
    std::int64_t program, link, tracks, cookie_days, relaxed;
};

bool is_plain(std::string_view text) {
    if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; })) return false;
    boost::system::error_code not_utf8;
    boost::json::parse(partnerd::json_string(text), not_utf8);
    return !not_utf8;
}

// {"sub1": "..."} of the sub-ids that the visitor's URL carries. One that is no plain text is dropped: the others and the visit count.
std::string subs_json(partnerd::Request const& request) {
    static constexpr std::array<char const*, 5> names = {"sub1", "sub2", "sub3", "sub4", "sub5"};
    std::string json;
    if (request.target().find('?') == std::string_view::npos) return json;
    for (auto const* const name : names) {
        auto const value = request.param(name);
        if (!value || value->size() > 100 || !is_plain(*value)) continue;
        json += json.empty() ? "{" : ",";
        json += partnerd::json_string(name) + ":" + partnerd::json_string(*value);
    }
    return json.empty() ? json : json + "}";
}

}  // namespace

std::string write_target(Target const& t) {
    Numbers const numbers{t.program, t.link, t.tracks, t.cookie_days, t.relaxed};
    std::string text(sizeof numbers, '\0');
    std::memcpy(text.data(), &numbers, sizeof numbers);
    for (auto const* const part : {&t.destination, &t.parameter, &t.cookie, &t.cookie_domain}) (text += *part) += separator;
    return text;
}

Target read_target(std::string_view text) {
    Numbers numbers{};
    std::memcpy(&numbers, text.data(), std::min(text.size(), sizeof numbers));
    text.remove_prefix(std::min(text.size(), sizeof numbers));
    Target t;
    t.program = numbers.program;
    t.link = numbers.link;
    t.tracks = numbers.tracks != 0;
    t.cookie_days = static_cast<int>(numbers.cookie_days);
    t.relaxed = numbers.relaxed != 0;
    for (auto* const part : {&t.destination, &t.parameter, &t.cookie, &t.cookie_domain}) *part = take(text);
    return t;
}

std::string with_parameter(std::string_view url, std::string_view name, std::string_view value) {
    auto const fragment = url.find('#');
    auto const front = url.substr(0, fragment);
    auto const question = front.find('?');
    std::string out;
    out.reserve(url.size() + name.size() + value.size() + 2);
    out.append(front.substr(0, question)) += '?';
    auto query = question == std::string_view::npos ? std::string_view() : front.substr(question + 1);
    while (!query.empty()) {
        auto const end = query.find('&');
        auto const pair = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        if (!pair.empty() && pair.substr(0, pair.find('=')) != name) out.append(pair).append("&");
    }
    out.append(name).append("=").append(value);
    if (fragment != std::string_view::npos) out.append(url.substr(fragment));
    return out;
}

std::string write_cookie(Target const& t, std::string_view click_id) {
    std::string cookie;
    cookie.reserve(t.cookie.size() + click_id.size() + t.cookie_domain.size() + 100);
    cookie.append(t.cookie).append("=").append(click_id).append("; Path=/; Max-Age=").append(std::to_string(std::int64_t{t.cookie_days} * 86400));
    if (!t.cookie_domain.empty()) cookie.append("; Domain=").append(t.cookie_domain);
    return cookie.append("; Secure; HttpOnly; SameSite=Lax");
}

Redirect::Redirect(partnerd::Host& host) : core_(host.core()), config_(host.config()), tracking_(host.tracking()) {
    targets_ = host.cache().define("targets", targets_max, [this](partnerd::Tx& tx, std::string_view code) { return load(tx, code); });
    host.http().io("GET", "//r/{code}", {.scopes = "public", .summary = "Follow a partner's link: 302 with a click id"},
                   [this](partnerd::Request& request, partnerd::Response& response) { return follow(request, response); });
}

std::optional<std::string> Redirect::load(partnerd::Tx& tx, std::string_view code) const {
    auto const link = core_.find(tx, "link", 0, code);
    if (!link) return std::nullopt;
    Target t;
    t.link = *link;
    t.program = core_.field<std::int64_t>(tx, "link", *link, "program");
    auto const destination = core_.field<std::string>(tx, "link", *link, "destination");
    t.destination = destination;
    auto const config = config_.program(tx, t.program);
    t.tracks = config && core_.field<bool>(tx, "link", *link, "tracks");
    auto const settings = config ? read_settings(config->json) : Settings();
    t.parameter = settings.parameter;
    auto const cookie = settings.cookie ? "pd_click_" + core_.field<std::string>(tx, "program", t.program, "handle") : "";
    t.cookie = cookie;
    t.cookie_domain = settings.cookie_domain;
    t.cookie_days = settings.cookie_days;
    t.relaxed = settings.relaxed;
    return write_target(t);
}

partnerd::Flow Redirect::follow(partnerd::Request& request, partnerd::Response& response) {
    auto const hit = targets_.get(request.param("code").value_or(""));
    if (hit.load) return partnerd::Flow::load;
    if (!hit.value) partnerd::refuse(404, "not_found", "there is no such link");
    auto const target = read_target(*hit.value);
    response.set_header("cache-control", "no-store").set_header("referrer-policy", "no-referrer-when-downgrade");
    // A HEAD is a preview or a check, not a visitor.
    if (target.tracks && request.method() != "HEAD") return track(target, request, response);
    response.redirect(target.destination);
    return partnerd::Flow::answered;
}

partnerd::Flow Redirect::track(Target const& target, partnerd::Request& request, partnerd::Response& response) {
    partnerd::Click click;
    click.program = target.program;
    click.link = target.link;
    click.subs_json = subs_json(request);
    click.referrer = request.header("referer").value_or("");
    click.user_agent = request.header("user-agent").value_or("");
    click.client_ip = request.client_ip();
    if (target.relaxed) click.at_risk_us = at_risk_us;
    auto deferred = response.defer();
    auto const id = tracking_.click(click, std::move(deferred));
    response.redirect(with_parameter(target.destination, target.parameter, id));
    if (!target.cookie.empty()) response.set_header("set-cookie", write_cookie(target, id));
    return partnerd::Flow::deferred;
}

}  // namespace referrals
