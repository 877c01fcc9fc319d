# add_layer(NAME FOLDERS folder... [PUBLIC library...] [PRIVATE library...])
#
# One static library of all sources in the folders; main.c belongs to the executable. A
# PUBLIC library's headers may be included by the layer's headers, a PRIVATE one's only by
# its sources: a third party's door.
function(add_layer name)
    cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "FOLDERS;PUBLIC;PRIVATE")
    list(TRANSFORM layer_FOLDERS APPEND /*.c)
    file(GLOB sources CONFIGURE_DEPENDS ${layer_FOLDERS})
    list(FILTER sources EXCLUDE REGEX "/main\\.c$")
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC berth_options ${layer_PUBLIC}
        PRIVATE ${layer_PRIVATE})
endfunction()
