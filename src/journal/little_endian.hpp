#pragma once

#include "base/little_endian.hpp"  // the stored event stream shares it
