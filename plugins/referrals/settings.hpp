// What a program sets for its referral links.
#pragma once

#include <string>
#include <string_view>

namespace referrals {

struct Settings {
    std::string parameter = "click_id";  // how the landing page gets the click id
    bool cookie = true;                  // set by the server: script-set cookies live a week at most in some browsers
    std::string cookie_domain;           // "shop.example": so that the shop's own server sees it; empty: this host only
    int cookie_days = 30;
    bool relaxed = false;  // answer before the click is durable: a crash may lose the last 10 ms of clicks
};

inline constexpr char const* program_schema = R"json({
  "type": "object", "additionalProperties": false,
  "properties": {
    "parameter": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]{0,31}$", "default": "click_id", "description": "query parameter of the landing page that carries the click id"},
    "cookie": {"type": "boolean", "default": true, "description": "set a first-party cookie with the click id"},
    "cookie_domain": {"type": "string", "pattern": "^[a-z0-9.-]{0,253}$", "default": "", "description": "domain of the cookie; empty: the host of the link"},
    "cookie_days": {"type": "integer", "minimum": 1, "maximum": 400, "default": 30, "description": "how long the browser keeps the cookie"},
    "durability": {"type": "string", "enum": ["durable", "relaxed"], "default": "durable", "description": "durable: a redirect leaves when its click is on the disk; relaxed: at once, and a crash may lose the last 10 ms of clicks"}
  }
})json";

Settings read_settings(std::string_view json);  // of a configuration that fits the schema

}  // namespace referrals
