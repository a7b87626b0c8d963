// A unit that the submitting thread waits for.
#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>

#include "storage/storage.hpp"

namespace partnerd::storage {

class WaitedUnit final : public Unit {
  public:
    struct Manner {
        std::string_view lock_key;
        std::int64_t program = 0;
        bool unbounded = false;
    };
    // `work` outlives the unit.
    WaitedUnit(std::function<bool(Tx&)> const& work, Manner manner) : work_(work), manner_(manner) {}

    bool run(Tx& tx) override;
    void done(UnitResult const& result) noexcept override;
    std::string_view lock_key() const override { return manner_.lock_key; }
    std::int64_t program() const override { return manner_.program; }
    bool unbounded() const override { return manner_.unbounded; }

    // True when committed, false when work returned false. Throws what work threw, or Failure.
    bool wait();

  private:
    std::function<bool(Tx&)> const& work_;
    Manner const manner_;
    std::exception_ptr thrown_;
    std::mutex mutex_;
    std::condition_variable done_;
    UnitResult result_;
    bool is_done_ = false;
};

}  // namespace partnerd::storage
