// What one rule says about one conversion, and why.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "domain/id.hpp"
#include "domain/money.hpp"

namespace partnerd::rules {

enum class Verdict { pass, pay, review, decline };
std::string_view verdict_name(Verdict) noexcept;

struct Line {
    std::string key;   // stable across refunds and edits of the same conversion
    Id payee = 0;      // an enrollment; 0 is the credited one
    std::string kind;  // "commission", "reward", ...
    Money amount;
    friend bool operator==(Line const&, Line const&) = default;
};

struct Reason {
    std::string code;  // stable: "below_minimum"
    std::string text;  // a sentence
    std::vector<std::pair<std::string, std::string>> values;
};

// Filled by one CompiledRule::evaluate. A rule that sets no outcome passes. One thread at a time.
class Decision {
  public:
    void outcome(Verdict verdict, std::string reason_code = {});
    // Throws Refused: plugin_failed on a negative amount or a key that was used, amount_overflow above amount_minor_max.
    void line(std::string key, Id payee, std::string kind, Money amount);
    void because(std::string code, std::string text, std::vector<std::pair<std::string, std::string>> values = {});

    Verdict verdict() const noexcept { return verdict_; }
    std::string const& reason_code() const noexcept { return reason_code_; }
    std::vector<Line> const& lines() const noexcept { return lines_; }
    std::vector<Reason> const& reasons() const noexcept { return reasons_; }

  private:
    Verdict verdict_ = Verdict::pass;
    std::string reason_code_;
    std::vector<Line> lines_;
    std::vector<Reason> reasons_;
};

}  // namespace partnerd::rules
