/**
 * @author Jun
 * @copyright  Copyright (C) 2018-, Kokoa Corp. All rights reserved.
 */
