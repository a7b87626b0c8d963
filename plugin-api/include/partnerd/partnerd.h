/* partnerd/partnerd.h - the whole plugin ABI. C11, and C++17 or later. C++ authors include partnerd/plugin.hpp. */
#ifndef PARTNERD_PARTNERD_H
#define PARTNERD_PARTNERD_H

#include <partnerd/base.h>
#include <partnerd/plugin.h>
#include <partnerd/log.h>
#include <partnerd/config.h>
#include <partnerd/storage.h>
#include <partnerd/cache.h>
#include <partnerd/core.h>
#include <partnerd/http.h>
#include <partnerd/tracking.h>
#include <partnerd/rules.h>
#include <partnerd/ledger.h>
#include <partnerd/events.h>
#include <partnerd/jobs.h>
#include <partnerd/metrics.h>
#include <partnerd/verify.h>

#endif
