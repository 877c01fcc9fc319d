# Warnings, sanitizers and hardening for every target, as one interface library.
add_library(berth_options INTERFACE)

target_compile_options(berth_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef -Wcast-qual
    -Wwrite-strings -Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    target_compile_options(berth_options INTERFACE
        -Wduplicated-cond -Wlogical-op -Wjump-misses-init)
endif()
if(BERTH_WERROR)
    target_compile_options(berth_options INTERFACE -Werror)
endif()

# asserts guard against bugs and stay in every build.
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELWITHDEBINFO "${CMAKE_C_FLAGS_RELWITHDEBINFO}")
string(REPLACE "-O3" "-O2" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")
target_compile_definitions(berth_options INTERFACE _GNU_SOURCE)

if(BERTH_SANITIZE)
    target_compile_options(berth_options INTERFACE
        -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(berth_options INTERFACE -fsanitize=address,undefined)
endif()
if(BERTH_FUZZ)
    target_compile_options(berth_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
    target_compile_options(berth_options INTERFACE
        -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong
        -fstack-clash-protection -ffunction-sections -fdata-sections)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
        target_compile_options(berth_options INTERFACE -fcf-protection)
    endif()
    target_link_options(berth_options INTERFACE
        -pie -Wl,-z,relro,-z,now -Wl,--as-needed -Wl,--gc-sections)
endif()
