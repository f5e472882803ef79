"""The attributes that are event handlers; others that begin with `on`, such as a custom element's, are not.

Source: HTML, "Event handlers on elements, Document objects, and Window objects"; Pointer Events, Touch Events, CSS
Animations and CSS Transitions for theirs; SVG Animations for the last three.
"""

_NAMES = """
    onabort onauxclick onbeforeinput onbeforematch onbeforetoggle onblur oncancel oncanplay oncanplaythrough onchange
    onclick onclose oncommand oncontextlost oncontextmenu oncontextrestored oncopy oncuechange oncut ondblclick ondrag
    ondragend ondragenter ondragleave ondragover ondragstart ondrop ondurationchange onemptied onended onerror onfocus
    onformdata onfocusin onfocusout oninput oninvalid onkeydown onkeypress onkeyup onload onloadeddata onloadedmetadata
    onloadstart onmousedown onmouseenter onmouseleave onmousemove onmouseout onmouseover onmouseup onpaste onpause
    onplay onplaying onprogress onratechange onreset onresize onscroll onscrollend onsecuritypolicyviolation onseeked
    onseeking onselect onselectionchange onselectstart onslotchange onstalled onsubmit onsuspend ontimeupdate ontoggle
    onvolumechange onwaiting onwheel onmousewheel onsearch onfullscreenchange onfullscreenerror
    onafterprint onbeforeprint onbeforeunload onhashchange onlanguagechange onmessage onmessageerror onoffline ononline
    onpagehide onpagereveal onpageshow onpageswap onpopstate onrejectionhandled onstorage onunhandledrejection onunload
    onpointercancel onpointerdown onpointerenter onpointerleave onpointermove onpointerout onpointerover
    onpointerrawupdate onpointerup ongotpointercapture onlostpointercapture
    ontouchcancel ontouchend ontouchmove ontouchstart
    onanimationcancel onanimationend onanimationiteration onanimationstart
    ontransitioncancel ontransitionend ontransitionrun ontransitionstart
    onbegin onend onrepeat
"""

EVENT_HANDLERS = frozenset(_NAMES.split())
