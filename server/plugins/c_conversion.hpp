// Conversions and adjustments between the ABI and the kernel.
#pragma once

#include <partnerd/tracking.h>

#include <vector>

#include "domain/result.hpp"
#include "tracking/report.hpp"

namespace partnerd::plugins {

// invalid_field, unknown_currency, missing_field, currency_mismatch.
Result<tracking::ConversionReport> conversion_report(partnerd_conversion const& conversion, std::string_view plugin);
Result<tracking::AdjustmentReport> adjustment_report(partnerd_adjustment const& adjustment);

// The way back, for attributors and facts. Borrows the report; neither is copied.
class CConversion {
  public:
    explicit CConversion(tracking::ConversionReport const& report);
    CConversion(CConversion const&) = delete;
    CConversion& operator=(CConversion const&) = delete;
    partnerd_conversion const* get() const noexcept { return &c_; }

  private:
    std::vector<partnerd_item> items_;
    partnerd_breakdown breakdown_{};
    partnerd_conversion c_{};
};

partnerd_line c_line(tracking::OutcomeLine const& line) noexcept;  // borrows the texts

}  // namespace partnerd::plugins
