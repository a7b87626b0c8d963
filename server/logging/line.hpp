// One event as one line, without its end. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "logging/log.hpp"

namespace partnerd::logging {

struct Event {
    std::int64_t at_us = 0;
    Level level = Level::info;
    std::string_view message;
    std::span<Field const> fields;
};

// `2026-11-21T21:05:09.123Z INFO  message  key=value key="a value"`, a request id in brackets before the message.
// Control characters, also those of Unicode's C1 block, and bytes that are not UTF-8 are written \n, \r, \t, \xNN.
std::string text_line(Event const& event, bool colour);
// RFC 8259, on one line; bytes that are not UTF-8 become U+FFFD. A field called at, level or message gets a '_' behind its name.
std::string json_line(Event const& event);

}  // namespace partnerd::logging
