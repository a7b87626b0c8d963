// JSON written straight into a text, for what is stored with each conversion: no tree of values is built for it.
//     JsonText json;
//     json.open('{').key("lane").text(name).key("pays").number(5).close('}');
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace partnerd {

// A character that must not stand in a JSON string as it is: a quote, a backslash, a control character.
void append_json_escape(std::string& out, char c);

class JsonText {
  public:
    JsonText& open(char bracket) {  // '{' or '['
        separate();
        out_ += bracket;
        comma_ = false;
        return *this;
    }
    JsonText& close(char bracket) {  // '}' or ']'
        out_ += bracket;
        comma_ = true;
        return *this;
    }
    JsonText& key(std::string_view name) {
        text(name);
        out_ += ':';
        comma_ = false;
        return *this;
    }
    JsonText& text(std::string_view utf8);  // escapes what JSON must, and nothing else
    JsonText& number(std::int64_t value) { return raw(std::to_string(value)); }
    JsonText& truth(bool value) { return raw(value ? "true" : "false"); }
    JsonText& raw(std::string_view json) {  // a whole value
        separate();
        out_ += json;
        return *this;
    }
    std::string take() { return std::move(out_); }

  private:
    void separate() {
        if (comma_) out_ += ',';
        comma_ = true;
    }
    std::string out_;
    bool comma_ = false;
};

}  // namespace partnerd
