// A unit that the submitting thread waits for.
#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>

#include "storage/storage.hpp"

namespace partnerd::storage {

class WaitedUnit final : public Unit {
  public:
    // `work` outlives the unit.
    WaitedUnit(std::function<bool(Tx&)> const& work, std::string_view lock_key, bool unbounded)
        : work_(work), lock_key_(lock_key), unbounded_(unbounded) {}

    bool run(Tx& tx) override;
    void done(UnitResult const& result) noexcept override;
    std::string_view lock_key() const override { return lock_key_; }
    bool unbounded() const override { return unbounded_; }

    // True when committed, false when work returned false. Throws what work threw, or Failure.
    bool wait();

  private:
    std::function<bool(Tx&)> const& work_;
    std::string_view lock_key_;
    bool unbounded_;
    std::exception_ptr thrown_;
    std::mutex mutex_;
    std::condition_variable done_;
    UnitResult result_;
    bool is_done_ = false;
};

}  // namespace partnerd::storage
